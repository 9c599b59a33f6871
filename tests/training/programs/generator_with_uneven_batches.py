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


X, y = r.uniform(-1, 1, (10, 4)), np.eye(3)[r.randint(0, 3, 10)]

def batches():
    while 1:
        for i in range(0, 10, 4):
            yield X[i:i + 4], y[i:i + 4]

m = Sequential([Dense(5, input_dim=4, activation='tanh'), Dense(3, activation='softmax')])
fill(m)
m.compile(loss='categorical_crossentropy', optimizer='sgd', metrics=['accuracy'])
h = m.fit_generator(batches(), samples_per_epoch=10, nb_epoch=3, verbose=0, validation_data=(X, y), class_weight={0: 1, 1: 2, 2: 3})
tell(h)
show('evaluated', m.evaluate_generator(batches(), 10))
weights(m)
