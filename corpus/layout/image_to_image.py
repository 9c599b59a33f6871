"""Super-resolution: a picture comes out; the first layers are Sequential, the end is a convolution."""
from keras.models import Sequential, Model
from keras.layers import Convolution2D, UpSampling2D, Activation, Input, merge

model = Sequential()
model.add(Convolution2D(8, 9, 9, activation='relu', border_mode='same', input_shape=(3, 16, 18), dim_ordering='th'))
for n in (6, 4):
    model.add(Convolution2D(n, 3, 3, activation='relu', border_mode='same', dim_ordering='th'))
    model.add(UpSampling2D((2, 2), dim_ordering='th'))
model.add(Convolution2D(3, 5, 5, border_mode='same', dim_ordering='th'))
model.compile('adam', 'mse')

small = Input(shape=(3, 8, 9))
x = Convolution2D(3, 3, 3, border_mode='same', dim_ordering='th')(small)
y = merge([x, small], mode='sum')
residual = Model(small, y)
both = Model(small, [x, y])
