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


import sys
X, y = r.uniform(-1, 1, (10, 4)), r.uniform(0, 1, (10, 2))
grid = [dict(optimizer=o, loss=l) for o in ('sgd', 'Adadelta', 'nadam', 'adamax') for l in ('mse', 'cosine_proximity', 'kld', 'poisson')]
for settings in grid[::3]:
    m = Sequential([Dense(3, input_dim=4, activation='sigmoid'), Dense(2, activation='softmax')])
    fill(m)
    m.compile(metrics=['mae'], **settings)
    tell(m.fit(X, y, nb_epoch=2, batch_size=5, verbose=0, shuffle=False))
