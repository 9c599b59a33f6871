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


X, y = r.uniform(-1, 1, (9, 4)), r.uniform(0, 1, (9, 2))
for optimizer in ('sgd', 'rmsprop', 'adagrad', 'adamax'):
    m = Sequential([Dense(5, input_dim=4, activation='sigmoid'), Dense(2)])
    fill(m)
    m.compile(loss='mae', optimizer=optimizer, metrics=['mse', 'mape'])
    tell(m.fit(X, y, nb_epoch=2, batch_size=4, verbose=0, shuffle=False))
    weights(m)
