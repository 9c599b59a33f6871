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


from keras.callbacks import LambdaCallback
X, y = r.uniform(-1, 1, (10, 4)), r.uniform(0, 1, (10, 1))
seen, ends = [], []
def note(batch, logs):
    seen.append(float(logs.get('loss')))
m = Sequential([Dense(2, input_dim=4), Dense(1)])
fill(m)
m.compile('sgd', 'mse', metrics=['mae'])
m.fit(X, y, nb_epoch=2, batch_size=4, verbose=0, shuffle=False, callbacks=[LambdaCallback(on_batch_end=note, on_epoch_end=lambda epoch, logs: ends.append(sorted(logs)))])
show('seen', seen)
print('RESULT', ends)
