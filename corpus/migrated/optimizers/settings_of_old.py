"""One net, all the optimizers: which learns fastest?"""
import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Activation
from keras import optimizers
from keras.optimizers import SGD, Adagrad, Adadelta, Adam, Adamax, RMSprop
from keras1_compat import Nadam, get_optimizer
from keras.optimizers.schedules import InverseTimeDecay

lr = 0.002
decay = 1e-4

OPTIMIZERS = {
    'sgd': SGD(learning_rate=InverseTimeDecay(lr, 1, decay), momentum=0.9),
    'sgd_clipped': SGD(lr, 0.9, nesterov=True, global_clipnorm=1.),
    'sgd_value': optimizers.SGD(learning_rate=0.1, clipvalue=0.5),
    'adagrad': Adagrad(learning_rate=0.01, initial_accumulator_value=0.0, epsilon=1e-16),
    'adadelta': Adadelta(learning_rate=1.0, rho=0.9, epsilon=1e-08),
    'rmsprop': RMSprop(learning_rate=0.0005, epsilon=1e-16),
    'adam': Adam(1e-3, 0.5, 0.99, epsilon=1e-08),
    'adam_eps': Adam(learning_rate=lr, epsilon=1e-6),
    'adamax': Adamax(learning_rate=0.002, epsilon=1e-08),
    'nadam': Nadam(learning_rate=lr),
}


def net(hidden=32):
    m = Sequential()
    m.add(Dense(hidden, input_dim=20, kernel_initializer='uniform'))
    m.add(Activation('relu'))
    m.add(Dense(1, activation='sigmoid'))
    return m


if __name__ == '__main__':
    X, y = np.load('x.npy'), np.load('y.npy')
    results = {}
    for name, optimizer in OPTIMIZERS.items():
        model = net()
        model.compile(get_optimizer(optimizer), 'binary_crossentropy', metrics=['acc', 'mean_absolute_error'])
        h = model.fit(X, y, epochs=5, validation_split=0.2, verbose=0)
        results[name] = h.history['val_acc'][-1]
    print(sorted(results.items(), key=lambda r: -r[1]))

    model = net(8)
    model.compile(loss='mse', optimizer=RMSprop(epsilon=1e-16))
    model.fit(X, y, 16, 3)
