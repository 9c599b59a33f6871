import numpy as np
from keras import backend as K
from keras.layers import *
from keras.models import Model, Sequential, load_model

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

class Words(Callback):
    def __init__(self, size):
        super(Words, self).__init__()
        self.size = size
    def build(self, n):
        s = np.random.RandomState(n)
        self.X, self.y = s.uniform(-1, 1, (n, 3)), s.uniform(0, 1, (n, 1))
        self.at = 0
    def next_train(self):
        while 1:
            yield self.X[self.at:self.at + self.size], self.y[self.at:self.at + self.size]
            self.at = (self.at + self.size) % len(self.X)
    def on_train_begin(self, logs={}):
        self.build(8)
    def on_epoch_end(self, epoch, logs={}):
        self.last = sorted(logs)

words = Words(4)
m = Sequential([Dense(3, input_dim=3, activation='tanh'), Dense(1)])
fill(m)
m.compile('sgd', 'mse')
h = m.fit_generator(words.next_train(), samples_per_epoch=8, nb_epoch=2, verbose=0, callbacks=[words])
show('loss', h.history['loss'])
print('RESULT', words.last, len(words.X))
