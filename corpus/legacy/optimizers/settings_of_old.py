"""One net, all the optimizers: which learns fastest?"""
import numpy as np
from keras.models import Sequential
from keras.layers.core import Dense, Activation
from keras import optimizers
from keras.optimizers import SGD, Adagrad, Adadelta, Adam, Adamax, Nadam, RMSprop

lr = 0.002
decay = 1e-4

OPTIMIZERS = {
    'sgd': SGD(lr=lr, decay=decay, momentum=0.9),
    'sgd_clipped': SGD(lr, 0.9, nesterov=True, clipnorm=1.),
    'sgd_value': optimizers.SGD(lr=0.1, clipvalue=0.5),
    'adagrad': Adagrad(),
    'adadelta': Adadelta(lr=1.0, rho=0.9),
    'rmsprop': RMSprop(lr=0.0005),
    'adam': Adam(1e-3, 0.5, 0.99),
    'adam_eps': Adam(lr=lr, epsilon=1e-6),
    'adamax': Adamax(),
    'nadam': Nadam(lr=lr),
}


def net(hidden=32):
    m = Sequential()
    m.add(Dense(hidden, input_dim=20, init='uniform'))
    m.add(Activation('relu'))
    m.add(Dense(1, activation='sigmoid'))
    return m


if __name__ == '__main__':
    X, y = np.load('x.npy'), np.load('y.npy')
    results = {}
    for name, optimizer in OPTIMIZERS.items():
        model = net()
        model.compile(optimizer, 'binary_crossentropy', metrics=['acc', 'mae'])
        h = model.fit(X, y, nb_epoch=5, validation_split=0.2, verbose=0)
        results[name] = h.history['val_acc'][-1]
    print(sorted(results.items(), key=lambda r: -r[1]))

    model = net(8)
    model.compile(loss='mse', optimizer='rmsprop')
    model.fit(X, y, 16, 3)
