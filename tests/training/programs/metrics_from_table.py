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


from keras import metrics as M
TABLE = {'p': M.precision, 'r': M.recall, 'f': M.fmeasure}
names = ['p', 'r', 'f']
X, y = r.uniform(-1, 1, (10, 4)), r.randint(0, 2, 10)
m = Sequential([Dense(1, input_dim=4, activation='sigmoid')])
fill(m)
m.compile('sgd', 'binary_crossentropy', metrics=[TABLE[n] for n in names] + ['acc'])
tell(m.fit(X, y, nb_epoch=2, batch_size=4, verbose=0, shuffle=False))
result = dict(zip(m.metrics_names, m.evaluate(X, y, batch_size=4, verbose=0)))
for k in sorted(result):
    show(k, result[k])
wanted = 'precision recall'.split()
m.compile('sgd', 'binary_crossentropy', wanted)
tell(m.fit(X, y, nb_epoch=1, batch_size=4, verbose=0, shuffle=False))
