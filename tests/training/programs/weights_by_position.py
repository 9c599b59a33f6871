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


X, y = r.uniform(-1, 1, (8, 4)), r.randint(0, 2, (8, 1))
w = np.array([1., 0, 2, 1, 0, 1, 3, 1])
def balance(labels, off=()):
    counts = np.bincount(labels.ravel())
    return {i: 0. if i in off else float(len(labels)) / c for i, c in enumerate(counts)}
m = Sequential([Dense(3, input_dim=4, activation='tanh'), Dense(1, activation='sigmoid')])
fill(m)
m.compile('sgd', 'binary_crossentropy', ['accuracy'])
show('t', m.train_on_batch(X, y, None, w))
show('t', m.train_on_batch(X, y, balance(y)))
show('e', m.test_on_batch(X, y, w))
show('v', m.evaluate(X, y, 3, 0, w))
cw = balance(y, off=(1,))
tell(m.fit(X, y, 3, 2, 0, [], 0., None, False, cw))
tell(m.fit(X, y, nb_epoch=1, batch_size=8, verbose=0))
weights(m)
