"""Dense on the last axis of a feature map, RepeatVector, LocallyConnected2D, SpatialDropout2D."""
from keras.models import Model
from keras.layers import Input, Convolution2D, Dense, Flatten, LocallyConnected2D, SpatialDropout2D
from keras.layers import BatchNormalization, AtrousConvolution2D, SeparableConvolution2D, GaussianNoise

image = Input(shape=(2, 10, 12))
x = GaussianNoise(0.1)(image)
x = SeparableConvolution2D(4, 3, 3, dim_ordering='th')(x)
x = AtrousConvolution2D(5, 2, 2, atrous_rate=(2, 2), dim_ordering='th')(x)
x = SpatialDropout2D(0.2, dim_ordering='th')(x)
x = BatchNormalization()(x)
x = LocallyConnected2D(3, 2, 2, dim_ordering='th')(x)
x = Convolution2D(3, 2, 2, dim_ordering='th')(x)
x = Dense(6)(Flatten()(x))
model = Model(image, x)
