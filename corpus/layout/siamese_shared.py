"""A shared tower that is a model, on two pictures, with an absolute difference."""
from keras.models import Model, Sequential
from keras.layers import Input, Convolution2D, MaxPooling2D, Dense, Flatten, Lambda, merge
from keras import backend as K


def tower(shape):
    seq = Sequential()
    seq.add(Convolution2D(6, 3, 3, input_shape=shape, dim_ordering='th', activation='relu'))
    seq.add(MaxPooling2D((2, 2), dim_ordering='th'))
    seq.add(Convolution2D(4, 3, 3, dim_ordering='th', activation='relu'))
    return seq


base = tower((1, 20, 22))
left, right = Input(shape=(1, 20, 22)), Input(shape=(1, 20, 22))
a, b = base(left), base(right)
distance = merge([a, b], mode=lambda x: K.abs(x[0] - x[1]), output_shape=lambda s: s[0])
x = Convolution2D(3, 3, 3, dim_ordering='th')(distance)
model = Model([left, right], Dense(1, activation='sigmoid')(Flatten()(x)))
