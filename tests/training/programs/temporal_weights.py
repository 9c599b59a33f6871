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


X, y = r.uniform(-1, 1, (6, 5, 3)), r.uniform(0, 1, (6, 5, 2))
w = r.randint(0, 2, (6, 5)).astype('float32')
m = Sequential([SimpleRNN(4, return_sequences=True, input_shape=(5, 3)), TimeDistributed(Dense(2))])
fill(m)
m.compile(loss='mse', optimizer='sgd', metrics=['mae'], sample_weight_mode='temporal')
tell(m.fit(X, y, nb_epoch=3, batch_size=4, verbose=0, shuffle=False, sample_weight=w))
show('evaluated', m.evaluate(X, y, batch_size=4, verbose=0, sample_weight=w))
weights(m)
