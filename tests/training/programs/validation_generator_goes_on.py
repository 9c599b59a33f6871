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


X, y = r.uniform(-1, 1, (12, 4)), r.uniform(0, 1, (12, 1))

def batches(size):
    i = 0
    while True:
        yield X[i:i + size], y[i:i + size]
        i = (i + size) % 12

m = Sequential([Dense(5, input_dim=4, activation='tanh'), Dense(1)])
fill(m)
m.compile(loss='mse', optimizer=SGD(lr=0.1), metrics=['mae'])
h = m.fit_generator(batches(4), samples_per_epoch=8, nb_epoch=3, verbose=0, validation_data=batches(3), nb_val_samples=6, max_q_size=1)
tell(h)
show('evaluated', m.evaluate_generator(batches(4), val_samples=8))
show('predicted', m.predict_generator(batches(4), val_samples=8).ravel())
weights(m)
