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


from keras import objectives, optimizers, layers
X, y = r.uniform(-1, 1, (12, 4)), r.randint(0, 2, (12, 1))
for opt, loss in (('Adagrad', 'hinge'), ('Adadelta', 'squared_hinge'), ('RMSprop', 'mse')):
    m = Sequential()
    m.add(getattr(layers, 'Dense')(3, input_dim=4, activation='tanh'))
    m.add(getattr(layers, 'Dense')(1, activation='sigmoid'))
    fill(m)
    m.compile(optimizer=getattr(optimizers, opt)(), loss=getattr(objectives, loss), metrics=['binary_accuracy'])
    tell(m.fit(X, y, nb_epoch=2, batch_size=12, verbose=0))
    weights(m)
for spec in ('adadelta', 'sgd'):
    m = Sequential([Dense(1, input_dim=4)])
    fill(m)
    m.compile(optimizers.get(spec), objectives.get('mse'))
    tell(m.fit(X, y, nb_epoch=2, batch_size=12, verbose=0))
