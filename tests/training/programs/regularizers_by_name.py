import numpy as np
from keras import backend as K
from keras.layers import *
from keras.models import Model, Sequential, load_model

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


X, y = r.uniform(-1, 1, (8, 4)), r.uniform(0, 1, (8, 1))
for options in ({'W_regularizer': 'l1l2'}, {'W_regularizer': 'l2', 'b_regularizer': 'l1'}, {'activity_regularizer': 'activity_l2'}, {'W_constraint': 'maxnorm'}, {'W_constraint': 'nonneg', 'b_constraint': 'unitnorm'}):
    m = Sequential()
    m.add(Dense(3, input_dim=4, **options))
    m.add(Dense(1))
    fill(m)
    m.compile('sgd', 'mse')
    tell(m.fit(X, y, nb_epoch=2, batch_size=8, verbose=0))
    weights(m)
