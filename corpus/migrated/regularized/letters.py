"""Regularizers, constraints and initializations by name, as objects and as functions."""

import os

os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')  # channels_first on a CPU

from keras.models import Sequential
from keras.layers import Dense, Dropout, Flatten
from keras.layers import Conv2D, MaxPooling2D
from keras.regularizers import l1, l2, l1_l2, L1L2
from keras.constraints import MaxNorm, NonNeg, UnitNorm
from keras1_compat import normal, adapt_initializer
from keras.initializers import VarianceScaling, Orthogonal


def small_normal(shape, name=None, dim_ordering='channels_first'):
    return normal(shape, scale=0.01, name=name)


def letters_net(nb_classes=26):
    net = Sequential()
    net.add(Conv2D(12, (3, 3), kernel_initializer=adapt_initializer(small_normal), activation='relu',
                          kernel_regularizer=l2(l2=0.0005),   # weight decay
                          bias_regularizer=l1(1e-6),
                          kernel_constraint=MaxNorm(2, axis=3),
                          input_shape=(1, 28, 28),
                          data_format='channels_first'))
    net.add(Conv2D(12, (3, 3), kernel_initializer=VarianceScaling(2.0, 'fan_in', 'untruncated_normal'), activation='relu',
                          kernel_regularizer=L1L2(0.01, 0.01), use_bias=True, data_format='channels_first'))
    net.add(MaxPooling2D((2, 2), data_format='channels_first'))
    net.add(Conv2D(24, (3, 3), kernel_initializer='lecun_uniform', activation='relu',
                          kernel_regularizer=l1_l2(l1=1e-5, l2=1e-4), bias_constraint=NonNeg(), data_format='channels_first'))
    net.add(Flatten())
    net.add(Dense(64, kernel_initializer=VarianceScaling(1.0, 'fan_avg', 'untruncated_normal'), activation='tanh', kernel_constraint=MaxNorm(max_value=3)))
    net.add(Dropout(0.5))
    net.add(Dense(64, kernel_initializer=Orthogonal(1.1), activation='relu', kernel_regularizer=l1_l2(l1=0.01, l2=0.01)))
    net.add(Dense(32, kernel_initializer='normal', activation='relu', kernel_constraint=UnitNorm(axis=0), use_bias=False))
    net.add(Dense(nb_classes, kernel_initializer='zero', activation='softmax', kernel_regularizer='l2'))
    return net


if __name__ == '__main__':
    net = letters_net()
    net.compile('sgd', 'categorical_crossentropy')
