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


def rmse(y_true, y_pred):
    return K.sqrt(K.mean(K.square(y_pred - y_true)))

X, y = r.uniform(-1, 1, (10, 4)), r.uniform(0, 1, 10)
m = Sequential([Dense(5, input_dim=4, activation='tanh'), Dense(1)])
fill(m)
m.compile(optimizer=SGD(lr=0.05, momentum=0.9), loss='mse', metrics=[rmse, 'mae'])
tell(m.fit(X, y, nb_epoch=2, batch_size=4, verbose=0, shuffle=False))
m.save('net.h5')
again = load_model('net.h5', custom_objects={'rmse': rmse})
show('evaluated', again.evaluate(X, y, batch_size=4, verbose=0))
tell(again.fit(X, y, nb_epoch=2, batch_size=4, verbose=0, shuffle=False))
weights(again)
