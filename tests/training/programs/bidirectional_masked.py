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


X = r.randint(1, 9, (7, 5))
X[:, 3:] = 0
y = np.eye(3)[r.randint(0, 3, 7)]
m = Sequential()
m.add(Embedding(10, 4, mask_zero=True, input_length=5))
m.add(Bidirectional(LSTM(3, return_sequences=True), merge_mode='sum'))
m.add(Bidirectional(GRU(2)))
m.add(Dense(3, activation='softmax'))
fill(m)
m.compile(loss='categorical_crossentropy', optimizer='sgd', metrics=['accuracy', 'fmeasure'])
tell(m.fit(X, y, nb_epoch=3, batch_size=3, verbose=0, shuffle=False))
weights(m)
