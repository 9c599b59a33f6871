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


from functools import partial
from keras.utils import np_utils
import keras.utils.np_utils as nu
oh = partial(np_utils.to_categorical, nb_classes=4)
print('RESULT', oh(np.array([[0, 1], [2, 3]])).shape, oh([1, 2]).tolist())
f = nu.to_categorical
print('RESULT', f(np.array([[0], [2]])).tolist(), list(map(lambda v: f(v, 3).shape, [np.array([1]), np.array([[1, 2], [0, 0]])])))
tools = {'cat': nu.to_categorical, 'norm': nu.normalize}
print('RESULT', tools['cat'](np.array([[0, 1], [2, 1]]), 3).shape)
show('n', tools['norm'](np.array([[3., 4.]])))
