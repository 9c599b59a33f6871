import numpy as np
from keras import backend as K
from keras import optimizers
from keras.layers import Dense
from keras.models import Sequential
from keras.optimizers import SGD, Adagrad, Adam, RMSprop

r = np.random.RandomState(7)
X, y = r.uniform(-1, 1, (6, 4)), r.uniform(0, 1, (6, 1))


def build(make=RMSprop, **told):
    m = Sequential([Dense(1, input_dim=4)])
    m.set_weights([np.ones(w.shape) * 0.2 for w in m.get_weights()])
    o = make(**told)
    m.compile(o, 'mse')
    steps = [round(float(m.train_on_batch(X, y)), 4) for _ in range(3)]
    print('RESULT', steps, round(float(K.get_value(o.lr)), 5), isinstance(o, SGD))
    return type(o)


table = {'sgd': SGD, 'ada': Adagrad}
for name in sorted(table):
    print('RESULT', build(table[name], lr=0.3, clipnorm=0.5) == table[name])
for name in ('Adadelta', 'Adamax', 'sgd', 'RMSprop'):
    build(getattr(optimizers, name))
settings = dict(lr=0.1, momentum=0.9, nesterov=True)
build(lambda **told: SGD(**settings))
build(lr=0.05, epsilon=1e-3)
build(make=Adam, lr=0.2)
