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


from keras.optimizers import SGD
X, y = r.uniform(-1, 1, (8, 4)), r.uniform(0, 1, (8, 1))

def build():
    m = Sequential([Dense(3, input_dim=4, name='a'), Dense(3, name='b'), Dense(1, name='c')])
    fill(m)
    return m

def one(m):
    m.fit(X, y, nb_epoch=1, batch_size=8, verbose=0)
    weights(m)

m = build()
m.compile(SGD(0.1), 'mse')
[setattr(l, 'trainable', False) for l in m.layers[:2]]
one(m)
m = build()
flags = {'a': False, 'c': False}
for l in m.layers:
    l.trainable = flags.get(l.name, True)
m.compile(SGD(0.1), 'mse')
for l in m.layers:
    l.trainable = not l.trainable
one(m)
print('RESULT', len(m.trainable_weights), len(m.non_trainable_weights))
m = build()
list(map(lambda l: setattr(l, 'trainable', False), m.layers))
m.layers[-1].trainable = True
m.compile(SGD(0.1), 'mse')
one(m)
inner = build()
outer = Sequential([inner, Dense(1, name='d')])
outer.layers[-1].set_weights([np.array([[0.5]]), np.array([0.1])])
inner.trainable = False
outer.compile(SGD(0.1), 'mse')
inner.trainable = True
one(outer)
