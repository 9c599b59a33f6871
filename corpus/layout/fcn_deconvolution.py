"""FCN with Deconvolution2D, skip connections summed, and Cropping2D."""
from keras.models import Model
from keras.layers import Input, Convolution2D, MaxPooling2D, Deconvolution2D, Cropping2D, merge

inputs = Input(shape=(3, 24, 32))
conv1 = Convolution2D(4, 3, 3, activation='relu', border_mode='same', dim_ordering='th')(inputs)
pool1 = MaxPooling2D((2, 2), dim_ordering='th')(conv1)
conv2 = Convolution2D(6, 3, 3, activation='relu', border_mode='same', dim_ordering='th')(pool1)
pool2 = MaxPooling2D((2, 2), dim_ordering='th')(conv2)
score2 = Convolution2D(5, 1, 1, dim_ordering='th')(pool2)
up = Deconvolution2D(5, 4, 4, output_shape=(None, 5, 14, 18), subsample=(2, 2),
                     border_mode='valid', dim_ordering='th')(score2)
up = Cropping2D(((1, 1), (1, 1)), dim_ordering='th')(up)
score1 = Convolution2D(5, 1, 1, dim_ordering='th')(pool1)
fused = merge([up, score1], mode='sum')
model = Model(inputs, fused)
