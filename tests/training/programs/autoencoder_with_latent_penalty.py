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


from keras import objectives
x = Input(batch_shape=(5, 4))
h = Dense(4, activation='relu')(x)
mean, log_var = Dense(2)(h), Dense(2)(h)
z = Lambda(lambda v: v[0] + K.exp(v[1] / 2) * 0.1, output_shape=(2,))([mean, log_var])
out = Dense(4, activation='sigmoid')(z)

def vae_loss(x, decoded):
    xent = 4 * objectives.binary_crossentropy(x, decoded)
    kl = -0.5 * K.sum(1 + log_var - K.square(mean) - K.exp(log_var), axis=-1)
    return xent + kl

m = Model(x, out)
fill(m)
X = r.uniform(0, 1, (10, 4))
m.compile(optimizer='rmsprop', loss=vae_loss)
tell(m.fit(X, X, shuffle=False, nb_epoch=2, batch_size=5, verbose=0, validation_data=(X, X)))
show('encoded', Model(x, mean).predict(X, batch_size=5).ravel())
weights(m)
