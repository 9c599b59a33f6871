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


a = Input(shape=(4,))
h = Dense(5, activation='tanh', name='h')(a)
m = Model(input=a, output=[Dense(1, activation='sigmoid', name='o')(h), Dense(2, name='p')(h)])
fill(m)
X, y, z = r.uniform(-1, 1, (10, 4)), r.randint(0, 2, 10), r.uniform(0, 1, (10, 2))
m.compile('rmsprop', loss=['binary_crossentropy', 'mse'], loss_weights=[1., .5], metrics=['accuracy'])
m.save('two.h5')
m = load_model('two.h5')
print('RESULT', m.metrics_names)
tell(m.fit(X, [y, z], nb_epoch=2, batch_size=4, verbose=0, shuffle=False))
show('evaluated', m.evaluate(X, [y, z], batch_size=4, verbose=0))
weights(m)
