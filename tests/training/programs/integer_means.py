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


import tensorflow as tf
v = K.variable(np.array([[1, 2], [4, 6]]), dtype='int32')
print('RESULT', K.eval(K.mean(v)).tolist(), K.eval(K.mean(v, axis=0)).tolist(), K.eval(K.var(v)).tolist())
which = K.argmax(K.variable(r.uniform(0, 1, (5, 3))))
print('RESULT', K.eval(K.mean(which)).tolist(), K.eval(K.mean(K.equal(which, which))).tolist())
def middle(t, how=K.mean):
    return how(t, axis=-1)
print('RESULT', K.eval(middle(v)).tolist(), K.eval(middle(K.cast(v, 'float32'))).tolist())
print('RESULT', K.eval(K.clip(v, 1.5, 4.7)).tolist(), K.eval(K.mean(K.any(v > 3, axis=1))).tolist(), K.eval(K.sum(K.all(v > 0, axis=1))).tolist())
print('RESULT', K.eval(K.mean(K.cast(v > 1, 'int32'))).tolist(), K.eval(K.mean(K.not_equal(v, 4), axis=1)).tolist())
a = Input((3,), dtype='int32')
m = Model(a, Lambda(lambda t: K.mean(t, axis=1), output_shape=(1,))(a))
show('predicted', m.predict(np.array([[1, 2, 4], [1, 1, 9]])))
