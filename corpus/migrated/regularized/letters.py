"""Regularizers, constraints and initializations by name, as objects and as functions."""
from keras import initializers
from keras.models import Sequential
from keras.layers import Dense, Dropout, Flatten
from keras.layers import Conv2D, MaxPooling2D
from keras.regularizers import l1, l2, l1_l2
from keras.constraints import max_norm, non_neg, unit_norm


def small_normal(shape, dtype=None):
    return initializers.RandomNormal(stddev=0.01)(shape, dtype=dtype)


def letters_net(nb_classes=26):
    net = Sequential()
    net.add(Conv2D(12, (3, 3), kernel_initializer=small_normal, activation='relu',
                          kernel_regularizer=l2(l2=0.0005),   # weight decay
                          bias_regularizer=l1(1e-6),
                          kernel_constraint=max_norm(2, axis=3),
                          input_shape=(1, 28, 28), data_format='channels_first'))
    net.add(Conv2D(12, (3, 3), kernel_initializer=initializers.VarianceScaling(2.0, 'fan_in', 'untruncated_normal'), activation='relu',
                          kernel_regularizer=l1_l2(0.01, 0.01), use_bias=True, data_format='channels_first'))
    net.add(MaxPooling2D((2, 2), data_format='channels_first'))
    net.add(Conv2D(24, (3, 3), kernel_initializer='lecun_uniform', activation='relu',
                          kernel_regularizer=l1_l2(l1=1e-5, l2=1e-4), bias_constraint=non_neg(), data_format='channels_first'))
    net.add(Flatten())
    net.add(Dense(64, kernel_initializer=initializers.VarianceScaling(1.0, 'fan_avg', 'untruncated_normal'), activation='tanh', kernel_constraint=max_norm(max_value=3)))
    net.add(Dropout(0.5))
    net.add(Dense(64, kernel_initializer=initializers.Orthogonal(1.1), activation='relu', kernel_regularizer=l1_l2(0.01, 0.01)))
    net.add(Dense(32, kernel_initializer='normal', activation='relu', kernel_constraint=unit_norm(axis=0), use_bias=False))
    net.add(Dense(nb_classes, kernel_initializer='zero', activation='softmax', kernel_regularizer='l2'))
    return net


if __name__ == '__main__':
    net = letters_net()
    net.compile('sgd', 'categorical_crossentropy')
