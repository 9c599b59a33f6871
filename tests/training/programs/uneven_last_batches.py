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


def mean_pred(y_true, y_pred):
    return K.mean(y_pred)

def far(y_true, y_pred):
    return K.max(K.abs(y_true - y_pred))

X, y = r.uniform(-1, 1, (11, 4)), r.uniform(0, 1, 11)
m = Sequential([Dense(5, input_dim=4, activation='tanh'), Dense(1)])
fill(m)
m.compile(loss='mse', optimizer='sgd', metrics=[mean_pred, far, 'mae'])
show('evaluated', m.evaluate(X, y, batch_size=4, verbose=0))
tell(m.fit(X, y, nb_epoch=2, batch_size=4, verbose=0, shuffle=False, validation_data=(X[:5], y[:5])))
show('evaluated', m.evaluate(X, y, batch_size=3, verbose=0))
show('tested', m.test_on_batch(X, y))
show('predicted', m.predict(X, batch_size=4).ravel())
weights(m)
