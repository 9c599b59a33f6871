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


X = r.uniform(-1, 1, (6, 5, 3))
y = np.eye(2)[r.randint(0, 2, (6, 5))]
w = np.ones((6, 5))
w[:, 3:] = 0
m = Sequential()
m.add(LSTM(4, return_sequences=True, input_shape=(5, 3)))
m.add(TimeDistributed(Dense(2, activation='softmax')))
fill(m)
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'], sample_weight_mode='temporal')
tell(m.fit(X, y, nb_epoch=2, batch_size=3, verbose=0, shuffle=False, sample_weight=w))
show('batch', m.train_on_batch(X, y, sample_weight=w))
weights(m)
