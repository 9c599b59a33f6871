import numpy as np
from keras import backend as K
from keras.layers import *
from keras.models import Model, Sequential, load_model
from keras.optimizers import SGD, Adam, RMSprop

r = np.random.RandomState(7)


def fill(m):
    s = np.random.RandomState(5)
    for layer in m.layers:
        layer.set_weights([s.uniform(0.1, 0.5, x.shape) for x in layer.get_weights()])


def show(name, value):
    print('RESULT', name, np.round(np.asarray(value, dtype='float64'), 4).tolist())


def tell(h):
    for key in sorted(h.history):
        show(key, h.history[key])


def weights(m):
    for layer in m.layers:
        for x in layer.get_weights():
            show('weights', x.ravel()[:4])


X, y, w = r.uniform(-1, 1, (16, 4)), r.uniform(0, 1, (16, 1)), r.uniform(0, 2, 16)
w[::5] = 0
m = Sequential([Dense(5, input_dim=4, activation='tanh'), Dense(1)])
fill(m)
m.compile(loss='mae', optimizer=RMSprop(lr=0.01), metrics=['mse'])
tell(m.fit(X, y, nb_epoch=3, batch_size=5, verbose=0, shuffle=False, validation_split=0.25, sample_weight=w))
weights(m)
