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


X, y = r.uniform(-1, 1, (11, 4)), r.randint(0, 2, 11)
m = Sequential()
m.add(Dense(5, input_dim=4, init='uniform', activation='relu'))
m.add(Dense(1, init='uniform', activation='sigmoid'))
fill(m)
m.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
tell(m.fit(X, y, nb_epoch=3, batch_size=4, verbose=0, shuffle=False, validation_split=0.3))
show('scores', m.evaluate(X, y, verbose=0))
show('classes', m.predict_classes(X, verbose=0).ravel())
weights(m)
