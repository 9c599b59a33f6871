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


m = Sequential()
m.add(Convolution2D(2, 3, 3, input_shape=(8, 8, 1), dim_ordering='tf', border_mode='same'))
m.add(MaxPooling2D(dim_ordering='tf'))
m.add(Convolution2D(3, 3, 3, dim_ordering='tf'))
m.add(Flatten())
m.add(Dense(4))
m.add(Dense(2))
kinds = {}
for l in m.layers:
    kinds.setdefault(l.__class__.__name__, []).append(l.name)
print('RESULT', sorted(kinds), [len(kinds[k]) for k in sorted(kinds)])
CONV = ('Convolution2D', 'Convolution1D')
print('RESULT', [type(l).__name__ in CONV for l in m.layers])
print('RESULT', ['convolution' in l.name for l in m.layers], [l.name.startswith('maxpool') for l in m.layers])
print('RESULT', [l.get_config().get('nb_filter', l.get_config().get('output_dim')) for l in m.layers])
print('RESULT', [getattr(l, 'nb_filter', None) for l in m.layers], [hasattr(l, 'subsample') for l in m.layers])
print('RESULT', [{'Convolution2D': 1, 'Dense': 2}.get(l.__class__.__name__, 0) for l in m.layers])
