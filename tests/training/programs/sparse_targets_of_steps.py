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


X, y = r.uniform(-1, 1, (6, 5, 3)), r.randint(0, 4, (6, 5, 1))
m = Sequential()
m.add(GRU(4, return_sequences=True, input_shape=(5, 3)))
m.add(TimeDistributed(Dense(4)))
m.add(Activation('softmax'))
fill(m)
m.compile(loss='sparse_categorical_crossentropy', optimizer='sgd', metrics=['accuracy'])
tell(m.fit(X, y, nb_epoch=2, batch_size=4, verbose=0, shuffle=False))
show('evaluated', m.evaluate(X, y, batch_size=4, verbose=0))
weights(m)
