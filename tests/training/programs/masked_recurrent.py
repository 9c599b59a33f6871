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


X = r.randint(1, 9, (8, 6))
X[:, 4:] = 0
X[2, 1:] = 0
y = r.randint(0, 2, (8, 1))
m = Sequential()
m.add(Embedding(10, 4, input_length=6, mask_zero=True))
m.add(GRU(3, return_sequences=True))
m.add(LSTM(3))
m.add(Dense(1, activation='sigmoid'))
fill(m)
m.compile(loss='binary_crossentropy', optimizer='rmsprop', metrics=['accuracy'])
tell(m.fit(X, y, nb_epoch=3, batch_size=3, verbose=0, shuffle=False))
show('predicted', m.predict(X).ravel())
weights(m)
