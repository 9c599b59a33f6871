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


X, y = r.uniform(-1, 1, (11, 4)), np.eye(3)[r.randint(0, 3, 11)]
a = Input(shape=(4,))
b = Dropout(0.)(Dense(6, activation='tanh')(a))
m = Model(input=a, output=Dense(3, activation='softmax')(b))
fill(m)
m.compile('adadelta', 'categorical_crossentropy', ['accuracy'])
tell(m.fit(X, y, nb_epoch=3, batch_size=4, verbose=0, shuffle=False, validation_data=(X[:6], y[:6])))
show('scores', m.evaluate(X, y, batch_size=3, verbose=0))
show('batch', m.train_on_batch(X, y))
weights(m)
