# Depthwise separable convolutions as in Xception (Chollet 2016); TensorFlow only.
from keras.models import Model
from keras.layers import merge, Dense, Input, BatchNormalization, Activation
from keras.layers import Convolution2D, SeparableConvolution2D, MaxPooling2D, GlobalAveragePooling2D
from keras.regularizers import l2


def MiniXception(input_shape=(47, 47, 3), classes=10):
    img_input = Input(shape=input_shape)

    x = Convolution2D(8, 3, 3, subsample=(2, 2), bias=False, name='block1_conv1')(img_input)
    x = BatchNormalization(name='block1_conv1_bn')(x)
    x = Activation('relu', name='block1_conv1_act')(x)

    for i, size in zip(range(2, 4), (16, 32)):
        residual = Convolution2D(size, 1, 1, subsample=(2, 2), border_mode='same', bias=False)(x)
        residual = BatchNormalization()(residual)

        x = SeparableConvolution2D(size, 3, 3, border_mode='same', bias=False, name='block%d_sepconv1' % i)(x)
        x = BatchNormalization()(x)
        x = Activation('relu')(x)
        x = SeparableConvolution2D(nb_filter=size, nb_row=3, nb_col=3, border_mode='same', bias=False,
                                   depthwise_regularizer=l2(1e-5),  # see paper
                                   pointwise_regularizer=l2(1e-5))(x)
        x = BatchNormalization()(x)
        x = MaxPooling2D((3, 3), strides=(2, 2), border_mode='same')(x)
        x = merge([x, residual], mode='sum')

    x = SeparableConvolution2D(48, 3, 3, 'he_uniform', activation='relu', depth_multiplier=2)(x)
    x = GlobalAveragePooling2D(name='avg_pool')(x)
    x = Dense(classes, activation='softmax', name='predictions')(x)
    return Model(img_input, x)


model = MiniXception()
