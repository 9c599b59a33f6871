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


from keras.callbacks import LearningRateScheduler


def halve(epoch, start=0.02):
    return start / (1 + epoch)


X, y = r.uniform(-1, 1, (10, 4)), r.uniform(0, 1, (10, 1))
m = Sequential([Dense(5, input_dim=4, activation='tanh'), Dense(1)])
fill(m)
m.compile(loss='mse', optimizer=SGD(lr=0.5, decay=0.01))
tell(m.fit(X, y, nb_epoch=3, batch_size=5, verbose=0, shuffle=False, callbacks=[LearningRateScheduler(halve)]))
weights(m)
