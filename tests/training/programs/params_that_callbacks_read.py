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


from keras.callbacks import Callback

class Told(Callback):
    def on_train_begin(self, logs={}):
        p = self.params
        print('RESULT', p['nb_epoch'], p['nb_sample'], p['batch_size'], sorted(p['metrics']), p['do_validation'])

X, y = r.uniform(-1, 1, (10, 4)), r.randint(0, 2, 10)
m = Sequential([Dense(1, input_dim=4, activation='sigmoid')])
fill(m)
m.compile(loss='binary_crossentropy', optimizer='sgd', metrics=['accuracy'])
m.fit(X, y, nb_epoch=2, batch_size=4, verbose=0, shuffle=False, callbacks=[Told()], validation_data=(X, y))
weights(m)
