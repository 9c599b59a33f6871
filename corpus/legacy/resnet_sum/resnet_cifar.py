'''Residual network for 32x32 pictures (He et al., 2015), TensorFlow ordering.'''
from keras.layers import merge, Input
from keras.layers import Dense, Activation, Flatten
from keras.layers import Convolution2D, MaxPooling2D, AveragePooling2D
from keras.layers import BatchNormalization
from keras.models import Model
import keras.backend as K

bn_axis = 3


def identity_block(x, filters, stage, block):
    base = 'res' + str(stage) + block
    y = Convolution2D(filters, 3, 3, border_mode='same', name=base + '_a')(x)
    y = BatchNormalization(axis=bn_axis, name='bn_' + base + '_a')(y)
    y = Activation('relu')(y)
    y = Convolution2D(filters, 3, 3, border_mode='same', name=base + '_b')(y)
    y = BatchNormalization(axis=bn_axis, name='bn_' + base + '_b')(y)
    y = merge([y, x], mode='sum')
    return Activation('relu')(y)


def projection_block(x, filters, stage, strides=(2, 2)):
    base = 'res' + str(stage) + 'p'
    y = Convolution2D(filters, 3, 3, subsample=strides, border_mode='same', name=base + '_a')(x)
    y = BatchNormalization(axis=bn_axis, name='bn_' + base + '_a')(y)
    y = Activation('relu')(y)
    y = Convolution2D(filters, 3, 3, border_mode='same', name=base + '_b')(y)
    y = BatchNormalization(axis=bn_axis, name='bn_' + base + '_b')(y)

    shortcut = Convolution2D(filters, 1, 1, subsample=strides, name=base + '_1')(x)
    shortcut = BatchNormalization(axis=bn_axis, name='bn_' + base + '_1')(shortcut)

    y = merge([y, shortcut], mode='sum', name=base + '_sum')
    return Activation('relu')(y)


def ResNet(classes=10, n=2):
    img_input = Input(shape=(32, 32, 3))
    x = Convolution2D(16, 3, 3, border_mode='same', name='conv1')(img_input)
    x = BatchNormalization(axis=bn_axis, name='bn_conv1', mode=0, momentum=0.9)(x)
    x = Activation('relu')(x)

    for stage, filters in enumerate((16, 32, 64)):
        x = projection_block(x, filters, stage + 2, strides=(1, 1) if stage == 0 else (2, 2))
        for i in range(n - 1):
            x = identity_block(x, filters, stage + 2, 'bcdefgh'[i])

    x = AveragePooling2D((8, 8), name='avg_pool')(x)
    x = Flatten()(x)
    x = Dense(classes, activation='softmax', name='fc%d' % classes)(x)
    return Model(img_input, x)


if __name__ == '__main__':
    model = ResNet(classes=10, n=3)
    print(model.count_params())
