"""Regularizers, constraints and initializations by name, as objects and as functions."""
from keras import initializations
from keras.models import Sequential
from keras.layers import Dense, Dropout, Flatten
from keras.layers.convolutional import Convolution2D, MaxPooling2D
from keras.regularizers import l1, l2, l1l2
from keras.constraints import maxnorm, nonneg, unitnorm


def small_normal(shape, name=None, dim_ordering='th'):
    return initializations.normal(shape, scale=0.01, name=name)


def letters_net(nb_classes=26):
    net = Sequential()
    net.add(Convolution2D(12, 3, 3, init=small_normal, activation='relu',
                          W_regularizer=l2(l=0.0005),   # weight decay
                          b_regularizer=l1(1e-6),
                          W_constraint=maxnorm(2),
                          input_shape=(1, 28, 28)))
    net.add(Convolution2D(12, 3, 3, 'he_normal', activation='relu',
                          W_regularizer='l1l2', bias=True))
    net.add(MaxPooling2D((2, 2)))
    net.add(Convolution2D(24, 3, 3, init='lecun_uniform', activation='relu',
                          W_regularizer=l1l2(l1=1e-5, l2=1e-4), b_constraint=nonneg()))
    net.add(Flatten())
    net.add(Dense(64, init='glorot_normal', activation='tanh', W_constraint=maxnorm(m=3)))
    net.add(Dropout(0.5))
    net.add(Dense(64, init='orthogonal', activation='relu', W_regularizer=l1l2()))
    net.add(Dense(32, 'normal', 'relu', W_constraint=unitnorm(axis=0), bias=False))
    net.add(Dense(nb_classes, init='zero', activation='softmax', W_regularizer='l2'))
    return net


if __name__ == '__main__':
    net = letters_net()
    net.compile('sgd', 'categorical_crossentropy')
