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


from keras.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau

X, y = r.uniform(-1, 1, (12, 4)), r.uniform(0, 1, (12, 1))
m = Sequential([Dense(5, input_dim=4, activation='tanh'), Dense(1)])
fill(m)
m.compile(loss='mse', optimizer=SGD(lr=0.3))
watch = [EarlyStopping(patience=2), ModelCheckpoint('best.h5', save_best_only=True, save_weights_only=True),
         ReduceLROnPlateau(monitor='val_loss', factor=0.5, patience=0, epsilon=0.01)]
h = m.fit(X, y, nb_epoch=8, batch_size=4, verbose=0, shuffle=False, validation_data=(X[:4], 1 - y[:4]), callbacks=watch)
show('losses', h.history['val_loss'])
show('rates', h.history['lr'])
m.load_weights('best.h5')
weights(m)
