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


X, y, w = r.uniform(-1, 1, (12, 4)), r.uniform(0, 1, (12, 1)), r.uniform(0, 2, 12)
w[1] = 0
m = Sequential([Dense(5, input_dim=4, activation='tanh'), Dense(1)])
fill(m)
m.compile(loss='mse', optimizer='sgd', metrics=['mae'])
tell(m.fit(X, y, nb_epoch=2, batch_size=5, verbose=0, shuffle=False, sample_weight=w, validation_data=(X[:7], y[:7], w[:7])))
show('evaluated', m.evaluate(X, y, batch_size=5, verbose=0, sample_weight=w))
show('tested', m.test_on_batch(X, y, sample_weight=w))
weights(m)
