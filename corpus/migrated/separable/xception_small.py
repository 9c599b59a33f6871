# Depthwise separable convolutions as in Xception (Chollet 2016); TensorFlow only.
from keras.models import Model
from keras.layers import add, Dense, Input, BatchNormalization, Activation
from keras.layers import Conv2D, SeparableConv2D, MaxPooling2D, GlobalAveragePooling2D
from keras.regularizers import l2


def MiniXception(input_shape=(47, 47, 3), classes=10):
    img_input = Input(shape=input_shape)

    x = Conv2D(8, (3, 3), strides=(2, 2), use_bias=False, name='block1_conv1')(img_input)
    x = BatchNormalization(name='block1_conv1_bn')(x)
    x = Activation('relu', name='block1_conv1_act')(x)

    for i, size in zip(range(2, 4), (16, 32)):
        residual = Conv2D(size, (1, 1), strides=(2, 2), padding='same', use_bias=False)(x)
        residual = BatchNormalization()(residual)

        x = SeparableConv2D(size, (3, 3), padding='same', use_bias=False, name='block%d_sepconv1' % i)(x)
        x = BatchNormalization()(x)
        x = Activation('relu')(x)
        x = SeparableConv2D(filters=size, kernel_size=(3, 3), padding='same', use_bias=False,
                                   depthwise_regularizer=l2(1e-5),  # see paper
                                   pointwise_regularizer=l2(1e-5))(x)
        x = BatchNormalization()(x)
        x = MaxPooling2D((3, 3), strides=(2, 2), padding='same')(x)
        x = add([x, residual])

    x = SeparableConv2D(48, (3, 3), depthwise_initializer='he_uniform', activation='relu', depth_multiplier=2, pointwise_initializer='he_uniform')(x)
    x = GlobalAveragePooling2D(name='avg_pool')(x)
    x = Dense(classes, activation='softmax', name='predictions')(x)
    return Model(img_input, x)


model = MiniXception()
