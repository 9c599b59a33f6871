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


X, y = r.uniform(-1, 1, (8, 3, 2)), r.uniform(0, 1, (8, 1))
m = Sequential()
m.add(LSTM(3, batch_input_shape=(2, 3, 2), stateful=True, return_sequences=True))
m.add(GRU(3, stateful=True))
m.add(Dense(1))
fill(m)
m.compile(loss='mse', optimizer='adam')
for i in range(2):
    tell(m.fit(X, y, nb_epoch=1, batch_size=2, verbose=0, shuffle=False))
    m.reset_states()
show('predicted', m.predict(X, batch_size=2).ravel())
show('predicted', m.predict(X, batch_size=2).ravel())
weights(m)
