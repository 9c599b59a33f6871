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


X, y = r.uniform(-1, 1, (8, 3)), r.randint(0, 2, (8, 1))
def net(units, activation):
    i = Input(shape=(3,))
    x = Dense(4, activation='tanh')(i)
    if activation == 'linear':
        x = BatchNormalization()(x)
    return Model(input=i, output=Dense(units, activation=activation)(x))


g, d = net(3, 'linear'), net(1, 'sigmoid')
fill(g)
fill(d)
d.compile(loss='binary_crossentropy', optimizer=Adam(lr=0.01, beta_1=0.5))
d.trainable = False
z = Input(shape=(3,))
gan = Model(input=z, output=d(g(z)))
gan.compile(loss='binary_crossentropy', optimizer=Adam(lr=0.01, beta_1=0.5))
for i in range(3):
    fake = g.predict(X)
    d.trainable = True
    show('d', d.train_on_batch(np.concatenate([X, fake]), np.array([1] * 8 + [0] * 8)))
    d.trainable = False
    show('g', gan.train_on_batch(X, np.ones(8)))
weights(d)
weights(g)
show('score', d.evaluate(X, y, verbose=0))
