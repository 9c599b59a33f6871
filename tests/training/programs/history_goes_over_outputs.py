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


a = Input(shape=(4,), name='a')
b = Input(shape=(2,), name='b')
h = merge([Dense(3)(a), Dense(3)(b)], mode='sum')
one, two = Dense(1, activation='sigmoid', name='one')(h), Dense(3, activation='softmax', name='two')(h)
m = Model(input=[a, b], output=[one, two])
fill(m)
A, B = r.uniform(-1, 1, (10, 4)), r.uniform(-1, 1, (10, 2))
y, z = r.randint(0, 2, 10), np.eye(3)[r.randint(0, 3, 10)]
m.compile(optimizer='adam', loss={'one': 'binary_crossentropy', 'two': 'categorical_crossentropy'},
          loss_weights={'one': 1., 'two': 0.2}, metrics={'two': 'accuracy'})
h = m.fit({'a': A, 'b': B}, {'one': y, 'two': z}, nb_epoch=2, batch_size=4, verbose=0, shuffle=False,
          validation_data=({'a': A, 'b': B}, {'one': y, 'two': z}),
          class_weight={'one': {0: 1., 1: 2.}, 'two': {0: 1., 1: 1., 2: 3.}})
tell(h)
for name, value in zip(m.metrics_names, m.evaluate([A, B], [y, z], verbose=0)):
    show(name, value)
weights(m)
