"""3-D: two scales of a scan, concatenated along channels, upsampled, one map out."""
from keras.models import Model
from keras.layers import Input, Convolution3D, MaxPooling3D, UpSampling3D, AveragePooling3D, merge
from keras.layers import BatchNormalization, Activation, GlobalAveragePooling3D, Dense, Cropping3D

scan = Input(shape=(1, 8, 12, 10))
a = Convolution3D(4, 3, 3, 3, border_mode='same', dim_ordering='th')(scan)
a = BatchNormalization(axis=1)(a)
a = Activation('relu')(a)
b = MaxPooling3D((2, 2, 2), dim_ordering='th')(a)
b = Convolution3D(6, 3, 3, 3, border_mode='same', dim_ordering='th')(b)
b = UpSampling3D((2, 2, 2), dim_ordering='th')(b)
c = merge([a, b], mode='concat', concat_axis=1)
mask = Convolution3D(1, 1, 1, 1, activation='sigmoid', dim_ordering='th')(c)
mask = Cropping3D(((1, 1), (1, 1), (1, 1)), dim_ordering='th')(mask)
vector = GlobalAveragePooling3D(dim_ordering='th')(c)
model = Model(scan, [mask, Dense(3)(vector)])
