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


X, y = r.uniform(-1, 1, (8, 4)), r.uniform(0, 1, (8, 1))
bn = dict(trainable=False, momentum=0.5)
class Net(object):
    flags = {'frozen': True}
    def __init__(self, depth=2):
        a = Input((4,))
        x = a
        for i in range(depth):
            x = Dense(3)(x)
            x = BatchNormalization(**bn)(x) if self.flags['frozen'] else BatchNormalization(mode=0)(x)
        self.model = Model(a, Dense(1)(x))
        fill(self.model)
        self.model.compile(optimizer='sgd', loss='mse')
net = Net()
tell(net.model.fit(X, y, nb_epoch=2, batch_size=4, verbose=0, shuffle=False))
weights(net.model)
show('p', net.model.predict(X).ravel()[:3])
