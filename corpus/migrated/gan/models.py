from keras.models import Model, Sequential
from keras.layers import Input, Dense, Dropout, Activation, Flatten, Reshape
from keras.layers import Conv2D, Conv2DTranspose, UpSampling2D
from keras.layers import LeakyReLU
from keras.layers import BatchNormalization
from keras1_compat import BatchStatisticsNormalization


def generator_upsampling(noise_dim, start=7):
    """nearest neighbour + conv"""
    g = Sequential(name='generator')
    g.add(Dense(input_dim=noise_dim, units=256))
    g.add(Activation('tanh'))
    g.add(Dense(32 * start * start))
    g.add(BatchNormalization())
    g.add(Activation('tanh'))
    g.add(Reshape((start, start, 32)))
    g.add(UpSampling2D(size=(2, 2)))
    g.add(Conv2D(16, (5, 5), padding='same', activation='tanh'))
    g.add(UpSampling2D())
    g.add(Conv2D(1, (5, 5), padding='same', activation='tanh'))
    return g


def generator_deconv(noise_dim, start=7):
    """'fractional strides' as in the DCGAN paper"""
    z = Input(shape=(noise_dim,), name='z')
    x = Dense(32 * start * start)(z)
    x = Reshape((start, start, 32))(x)
    x = BatchStatisticsNormalization(axis=-1)(x)
    x = Activation('relu')(x)

    s = start * 2
    x = Conv2DTranspose(16, (5, 5), strides=(2, 2), padding='same')(x)
    x = BatchStatisticsNormalization()(x)
    x = Activation('relu')(x)
    # one pixel more on each side of 'valid': s * 2 + 3
    x = Conv2DTranspose(8, (5, 5), strides=(2, 2))(x)
    x = Activation('relu')(x)
    x = Conv2D(1, (4, 4), name='gen_out')(x)
    x = Activation('tanh')(x)
    return Model(inputs=[z], outputs=[x], name='generator_deconv')


def discriminator(img_dim=(28, 28, 1)):
    img = Input(shape=img_dim, name='img')
    x = Conv2D(16, (3, 3), padding='same', strides=(2, 2))(img)
    x = LeakyReLU(0.2)(x)
    x = Dropout(0.3)(x)
    x = Conv2D(32, (3, 3), padding='same', strides=(2, 2), name='disc_conv2')(x)
    x = LeakyReLU(negative_slope=0.2)(x)
    x = Dropout(0.3)(x)
    x = Flatten()(x)
    fake = Dense(1, activation='sigmoid', name='fake')(x)
    return Model(inputs=img, outputs=fake, name='discriminator')


def stacked(g, d, noise_dim):
    d.trainable = False
    z = Input(shape=(noise_dim,))
    return Model(z, d(g(z)), name='gan')
