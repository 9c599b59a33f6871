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


from keras import objectives, metrics
a, b = K.variable(r.uniform(0.1, 1, (4, 3))), K.variable(r.uniform(0.1, 1, (4, 3)))
for name in ('mean_squared_error', 'mae', 'mape', 'msle', 'hinge', 'squared_hinge', 'poisson', 'cosine_proximity', 'kullback_leibler_divergence', 'binary_crossentropy', 'categorical_crossentropy'):
    show(name, K.eval(objectives.get(name)(a, b)))
