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


import argparse
parser = argparse.ArgumentParser()
parser.add_argument('--opt', default='adadelta', choices=['sgd', 'adagrad', 'adadelta'])
parser.add_argument('--loss', type=str, default='squared_hinge')
parser.add_argument('--act', default='hard_sigmoid')
parser.add_argument('--init', default='glorot_normal')
parser.add_argument('--border', default='same')
parser.add_argument('--measure', nargs='*', default=['accuracy', 'mae'])
args = parser.parse_args([])
X, y = r.uniform(-1, 1, (12, 4)), r.randint(0, 2, (12, 1))
m = Sequential()
m.add(Reshape((4, 1), input_shape=(4,)))
m.add(Convolution1D(2, 3, border_mode=args.border, init=args.init, activation=args.act))
m.add(Flatten())
m.add(Dense(1, activation=args.act, init=args.init))
fill(m)
m.compile(optimizer=args.opt, loss=args.loss, metrics=args.measure)
tell(m.fit(X, y, nb_epoch=2, batch_size=5, verbose=0, shuffle=False))
weights(m)
