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


import keras.layers
f = getattr(keras.layers, 'merge')
a, b = Input((3,)), Input((3,))
x, y = r.uniform(-1, 1, (2, 3)), r.uniform(-1, 1, (2, 3))
for mode in ('sum', 'mul', 'ave', 'max', 'concat'):
    show(mode, Model([a, b], f([a, b], mode=mode)).predict([x, y]))
modes = {'dot': dict(mode='dot', dot_axes=1), 'own': dict(mode=lambda t: t[0] - t[1], output_shape=(3,))}
for k in sorted(modes):
    show(k, Model([a, b], f([a, b], **modes[k])).predict([x, y]))
left, right = Sequential([Dense(2, input_dim=3)]), Sequential([Dense(2, input_dim=3)])
towers = [left, right]
for how in 'concat sum'.split():
    m = Sequential()
    m.add(Merge(towers, mode=how))
    m.add(Dense(1))
    for t in towers:
        fill(t)
    m.layers[-1].set_weights([np.ones((4 if how == 'concat' else 2, 1)), np.zeros(1)])
    show(how, m.predict([x, y]))
    print('RESULT', len(m.layers), len(m.trainable_weights))
