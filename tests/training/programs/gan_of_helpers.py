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


from keras.optimizers import Adam
def switch(net, value):
    net.trainable = value
    for l in net.layers:
        l.trainable = value
def gen():
    a = Input((2,))
    return Model(a, Dense(3)(BatchNormalization()(Dense(4)(a))))
def dis():
    a = Input((3,))
    return Model(a, Dense(1, activation='sigmoid')(BatchNormalization(mode=2)(Dense(4)(a))))
G, D = gen(), dis()
fill(G)
fill(D)
opt = Adam(lr=0.01, beta_1=0.5)
D.compile(loss='binary_crossentropy', optimizer=opt)
switch(D, False)
z = Input((2,))
GAN = Model(z, D(G(z)))
GAN.compile(loss='binary_crossentropy', optimizer=Adam(lr=0.01))
noise, real = r.uniform(-1, 1, (6, 2)), r.uniform(-1, 1, (6, 3))
for step in range(2):
    fake = G.predict(noise)
    switch(D, True)
    show('d', D.train_on_batch(np.concatenate([real, fake]), [1] * 6 + [0] * 6))
    switch(D, False)
    show('g', GAN.train_on_batch(noise, np.ones((6, 1))))
weights(G)
