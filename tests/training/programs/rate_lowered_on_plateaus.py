import csv

import numpy as np
from keras import backend as K
from keras import callbacks
from keras.callbacks import CSVLogger, ReduceLROnPlateau
from keras.layers import Dense
from keras.models import Sequential

r = np.random.RandomState(7)
X, y = r.uniform(-1, 1, (10, 4)), r.randint(0, 2, (10, 1))


def train(**told):
    m = Sequential([Dense(1, input_dim=4, activation='sigmoid')])
    m.set_weights([np.ones(w.shape) * 0.2 for w in m.get_weights()])
    m.trainable = False  # nothing gets better
    m.compile('sgd', 'mse', metrics=['accuracy'])
    K.set_value(m.optimizer.lr, 0.5)
    plateau = ReduceLROnPlateau(**told)
    logger = CSVLogger('log.csv')
    h = m.fit(X, y, nb_epoch=7, batch_size=5, verbose=0, shuffle=False, validation_split=0.2,
              callbacks=[plateau, logger])
    print('RESULT', sorted(told), [round(float(x), 5) for x in h.history['lr']])
    print('RESULT', sorted(h.history), next(csv.reader(open('log.csv'))), plateau.wait)


train(patience=0)
train(patience=1, factor=0.5)
train(patience=2, factor=0.5, min_lr=0.2)
train(monitor='val_acc', patience=1, cooldown=2)
train(monitor='acc', mode='min', patience=1, epsilon=0.5)
other = callbacks.ReduceLROnPlateau('loss', 0.1, 1, 0, 'max', 1e-3, 1, 0.3)
m = Sequential([Dense(1, input_dim=4)])
m.set_weights([np.zeros(w.shape) for w in m.get_weights()])
m.trainable = False
m.compile('sgd', 'mse')
h = m.fit(X, y, nb_epoch=5, verbose=0, callbacks=[other])
print('RESULT', [round(float(x), 5) for x in h.history['lr']])
