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


from keras.wrappers.scikit_learn import KerasRegressor
X, y = r.uniform(-1, 1, (16, 4)), r.uniform(0, 1, (16, 1))
common = dict(nb_epoch=2, batch_size=4, verbose=0, shuffle=False)
common['validation_split'] = 0.25
def build(units=3, optimizer='adagrad'):
    m = Sequential([Dense(units, input_dim=4, activation='tanh'), Dense(1)])
    fill(m)
    m.compile(optimizer=optimizer, loss='mae')
    return m
tell(build().fit(X, y, **common))
options = {'nb_epoch': 3, 'batch_size': 8, 'verbose': 0, 'units': 2}
k = KerasRegressor(build_fn=build, **options)
k.fit(X, y, shuffle=False)
show('p', k.predict(X)[:4])
print('RESULT', sorted(k.get_params()), k.sk_params['nb_epoch'])
